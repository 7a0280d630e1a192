package org.bittern.tinytorrent.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Setting;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Names;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;

/**
 * Values of arguments that must be right: unlike Transmission's own, ours are refused when their
 * type is wrong. Names are those of the legacy dialect.
 */
final class Values {
    private Values() {}

    static String snake(String name) {
        return Names.snake(name);
    }

    /** The flag of an argument that is there. */
    static boolean flag(Arguments arguments, String name) throws RpcException {
        return arguments
                .flag(snake(name))
                .orElseThrow(() -> wrong(name + " must be true or false"));
    }

    /** The text of an argument that is there. */
    static String text(Arguments arguments, String name) throws RpcException {
        return arguments.text(snake(name)).orElseThrow(() -> wrong(name + " must be a text"));
    }

    /** The number of an argument that is there, within the bounds of its setting. */
    static <T> T number(Arguments arguments, String name, Setting<T> setting) throws RpcException {
        Object value = arguments.raw(snake(name));
        if (!(value instanceof Number)) {
            throw wrong(name + " must be a number");
        }
        return parsed(setting, value);
    }

    /** An absolute path without detours, in the way of this system; may be empty. */
    static String directory(Arguments arguments, String name) throws RpcException {
        String text = text(arguments, name);
        try {
            Path path = Path.of(text);
            if (text.isEmpty() || path.isAbsolute()) {
                return path.normalize().toString();
            }
        } catch (InvalidPathException e) {
            throw wrong(name + " is no path");
        }
        throw wrong(name + " must be an absolute path");
    }

    /** Checks a value against the bounds of a setting that is no secret. */
    static <T> T parsed(Setting<T> setting, Object value) throws RpcException {
        try {
            return setting.parse(value);
        } catch (EngineException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** In the form of Transmission's methods, which have one text. */
    static RpcException wrong(String detail) {
        return new RpcException(
                RpcError.INVALID_PARAMS, Problem.INVALID_ARGUMENT.text() + ": " + detail);
    }
}
