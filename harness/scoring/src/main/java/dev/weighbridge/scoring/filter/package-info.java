/** What is done to written answers before they are judged. */
@NullMarked
package dev.weighbridge.scoring.filter;

import org.jspecify.annotations.NullMarked;
