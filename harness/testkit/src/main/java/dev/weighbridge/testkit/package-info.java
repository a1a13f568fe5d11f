/** What tests of engines and of the harness stand on: the contract every engine keeps, and engines that act by script. */
@NullMarked
package dev.weighbridge.testkit;

import org.jspecify.annotations.NullMarked;
