/** How text is written into CSV files, which are opened in spreadsheets, and read from them. */
package dev.roster.platform.csv;
