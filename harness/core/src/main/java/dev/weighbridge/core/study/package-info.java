/** Study files: what to weigh, under which load, by which objectives. */
@NullMarked
package dev.weighbridge.core.study;

import org.jspecify.annotations.NullMarked;
