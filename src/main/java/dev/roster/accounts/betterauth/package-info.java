/**
 * The Better Auth dialect: how its requests are read and checked, its errors and JSON shapes. The
 * resources that speak it are in the features.
 */
package dev.roster.accounts.betterauth;
