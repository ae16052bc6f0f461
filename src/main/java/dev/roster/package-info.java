/** Roster: accounts, sessions and profiles. Features are packages; see README.md, "Layout". */
package dev.roster;
