/** How text is written into CSV files, which are opened in spreadsheets. */
package dev.roster.platform.csv;
