package org.bittern.engine.internal;

import java.util.List;
import org.bittern.api.engine.EngineException;

/** Rules for labels. */
final class Labels {
    private static final int MOST = 1000;
    private static final int MOST_CHARS = 1000;

    private Labels() {}

    /**
     * A copy without repetitions.
     *
     * @throws EngineException INVALID_ARGUMENT: which label, what is allowed
     */
    static List<String> checked(List<String> labels) {
        if (labels.size() > MOST) {
            throw wrong(labels.size() + " labels, at most " + MOST + " are allowed");
        }
        for (String label : labels) {
            if (label.isBlank() || label.indexOf(',') >= 0 || label.length() > MOST_CHARS) {
                throw wrong("label \"" + label + "\": labels are not empty and contain no comma");
            }
        }
        return labels.stream().distinct().toList();
    }

    private static EngineException wrong(String message) {
        return new EngineException(EngineException.Code.INVALID_ARGUMENT, message);
    }
}
