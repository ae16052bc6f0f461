/** Codes that are mailed, and what they are good for (contract, section 16, email-otp). */
package dev.roster.accounts.emailotp;
