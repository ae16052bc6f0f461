/** Lists in parts: by cursor, which costs the same however far one has read, or by page number. */
package dev.roster.platform.paging;
