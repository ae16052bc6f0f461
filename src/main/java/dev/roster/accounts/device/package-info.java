/** Signing devices in that have no browser: the device authorization grant of RFC 8628. */
package dev.roster.accounts.device;
