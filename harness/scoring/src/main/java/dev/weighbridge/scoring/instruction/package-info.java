/** Whether answers keep to instructions that a program can check (IFEval; Zhou et al., arXiv 2311.07911). */
@NullMarked
package dev.weighbridge.scoring.instruction;

import org.jspecify.annotations.NullMarked;
