/**
 * Who may do what, as a contract: no tables here. The roles are in access, the sessions in
 * accounts.
 */
package dev.roster.platform.security;
