/** The command line: the only place for standard output and exit codes. */
@NullMarked
package dev.weighbridge.cli;

import org.jspecify.annotations.NullMarked;
