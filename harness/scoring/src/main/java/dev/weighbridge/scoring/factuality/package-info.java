/** What an answer claims, held against passages that were retrieved as evidence. */
@NullMarked
package dev.weighbridge.scoring.factuality;

import org.jspecify.annotations.NullMarked;
