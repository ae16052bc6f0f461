/** Users, their profiles and preferences, and the REST resources over them. */
package dev.roster.users;
