/** Templates of prompts: the part of Jinja2 that task files use, with Python's rules for values and their text. */
@NullMarked
package dev.weighbridge.datasets.template;

import org.jspecify.annotations.NullMarked;
