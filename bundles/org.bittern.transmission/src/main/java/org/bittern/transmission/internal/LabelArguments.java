package org.bittern.transmission.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;

/** The argument {@code labels}. */
final class LabelArguments {
    /** What the engine allows, known here so that a refusal comes before any change. */
    private static final int MOST = 1000;

    private static final int MOST_CHARS = 1000;

    private LabelArguments() {}

    /** Stripped, each once; empty when the argument is absent. */
    static Optional<List<String>> of(Arguments arguments) throws RpcException {
        Optional<List<?>> listed = arguments.list("labels");
        if (listed.isEmpty()) {
            return Optional.empty();
        }
        List<String> labels = new ArrayList<>();
        for (Object element : listed.get()) {
            if (!(element instanceof String text)) {
                throw new RpcException(RpcError.INVALID_PARAMS, "labels must be texts");
            }
            String label = text.strip();
            if (label.isEmpty()) {
                throw new RpcException(RpcError.INVALID_PARAMS, "labels cannot be empty");
            }
            if (label.contains(",")) {
                throw new RpcException(
                        RpcError.INVALID_PARAMS, "labels cannot contain comma (,) character");
            }
            if (label.length() > MOST_CHARS) {
                throw new RpcException(
                        RpcError.INVALID_PARAMS,
                        "labels cannot be longer than " + MOST_CHARS + " characters");
            }
            if (!labels.contains(label)) {
                labels.add(label);
            }
            if (labels.size() > MOST) {
                throw new RpcException(
                        RpcError.INVALID_PARAMS, "more than " + MOST + " labels are not allowed");
            }
        }
        return Optional.of(labels);
    }
}
