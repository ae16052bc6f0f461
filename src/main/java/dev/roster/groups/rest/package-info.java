/** Groups in the REST dialect: who is in which, nested ones included. */
package dev.roster.groups.rest;
