/** The API keys of users, as administrators see and bound them. */
package dev.roster.directory.apikeys;
