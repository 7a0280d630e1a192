package org.bittern.rpc.paths;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;

/** Reads the argument {@code path} of a call. Touches no file. */
public final class PathArgument {
    /** Characters that a path may have: what Windows allows, more than any other system. */
    public static final int MAX_LENGTH = 32_767;

    private static final String NAME = "path";

    private PathArgument() {}

    /** True when there is one that is not null. */
    public static boolean isGiven(Arguments arguments) {
        return arguments.raw(NAME) != null;
    }

    /**
     * The path as it was given, with its {@code ..}: what they lead to is for the file system to
     * say.
     *
     * @throws RpcException "invalid argument": it is missing, no text, not absolute, or no path
     */
    public static Path absolute(Arguments arguments) throws RpcException {
        String text =
                arguments
                        .text(NAME)
                        .orElseThrow(() ->
                                Problem.INVALID_ARGUMENT.refusal("path is missing or not a text"));
        if (text.length() > MAX_LENGTH) {
            throw Problem.INVALID_ARGUMENT.refusal(
                    "path has more than " + MAX_LENGTH + " characters");
        }
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw Problem.INVALID_ARGUMENT.refusal("path has characters that no file name has");
        }
        if (!path.isAbsolute()) {
            throw Problem.INVALID_ARGUMENT.refusal("path is not absolute");
        }
        return path;
    }
}
