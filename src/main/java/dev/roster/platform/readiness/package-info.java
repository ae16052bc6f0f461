/**
 * What must hold before Roster serves anyone: the settings are checked before Quarkus starts, all
 * of them at once, so that an operator repairs a deployment in one round.
 */
package dev.roster.platform.readiness;
