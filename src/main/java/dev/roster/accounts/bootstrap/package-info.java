/**
 * Accounts that are there before anybody signs up: the first administrator, sample users in dev
 * mode.
 */
package dev.roster.accounts.bootstrap;
