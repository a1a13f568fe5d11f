package dev.weighbridge.engines.triton;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * One response to a request, of which a decoupled model gives any number.
 *
 * @param outputs the first value of each output that has one: a text, its bytes, a number or a truth value
 * @param last whether the server says that no other follows
 */
record Response(Map<String, Object> outputs, boolean last) {
    Response {
        outputs = Collections.unmodifiableMap(new HashMap<>(outputs));
    }
}
