/** The edge: who calls from where, which origins are trusted, CORS, request ids, body limits. */
package dev.roster.platform.http;
