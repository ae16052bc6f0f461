/** How JSON is read, written and patched, in both dialects. */
package dev.roster.platform.json;
