package org.bittern.launcher;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.log.FormatterLogger;
import org.osgi.service.log.LoggerConsumer;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;

/**
 * One logger of {@link ServiceLog}. Warnings and errors are written, and nothing below, whatever is
 * asked for: there ConfigAdmin prints all that it is told, passwords among it. A component that
 * refuses its configuration says why in an {@link IllegalArgumentException}: that is one line, and
 * all calls that led there only for who debugs. Thread-safe.
 */
final class BundleLog implements FormatterLogger {
    private final Logger log;
    private final boolean printf;

    /**
     * Makes a logger.
     *
     * @param printf whether formats are those of {@link java.util.Formatter}, not with {@code {}}
     */
    BundleLog(Logger log, boolean printf) {
        this.log = log;
        this.printf = printf;
    }

    private boolean hears(Level level) {
        return level.toInt() >= Level.WARN.toInt() && log.isEnabledForLevel(level);
    }

    void write(Level level, String message, @Nullable Throwable thrown) {
        if (!hears(level)) {
            return;
        }
        Optional<String> refusal = log.isDebugEnabled() ? Optional.empty() : refusal(thrown);
        if (refusal.isPresent()) {
            log.atLevel(level).log("{}: {}", message, refusal.get());
        } else {
            log.atLevel(level).setCause(thrown).log(message);
        }
    }

    private void write(Level level, String format, @Nullable Object... arguments) {
        if (!hears(level)) {
            return;
        }
        int last = arguments.length - 1;
        if (last >= 0 && arguments[last] instanceof Throwable thrown) {
            write(level, text(format, Arrays.copyOf(arguments, last)), thrown);
        } else {
            write(level, text(format, arguments), (Throwable) null);
        }
    }

    private String text(String format, @Nullable Object[] arguments) {
        if (arguments.length == 0) {
            return format;
        }
        return printf
                ? String.format(Locale.ROOT, format, arguments)
                : String.valueOf(MessageFormatter.basicArrayFormat(format, arguments));
    }

    private static Optional<String> refusal(@Nullable Throwable thrown) {
        Throwable innermost = thrown;
        while (innermost != null && innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost instanceof IllegalArgumentException
                ? Optional.ofNullable(innermost.getMessage())
                : Optional.empty();
    }

    @Override
    public String getName() {
        return log.getName();
    }

    @Override
    public boolean isTraceEnabled() {
        return hears(Level.TRACE);
    }

    @Override
    public void trace(String message) {
        write(Level.TRACE, message);
    }

    @Override
    public void trace(String format, @Nullable Object argument) {
        write(Level.TRACE, format, argument);
    }

    @Override
    public void trace(String format, @Nullable Object first, @Nullable Object second) {
        write(Level.TRACE, format, first, second);
    }

    @Override
    public void trace(String format, @Nullable Object... arguments) {
        write(Level.TRACE, format, arguments);
    }

    @Override
    public <E extends Exception> void trace(LoggerConsumer<E> consumer) throws E {
        if (isTraceEnabled()) {
            consumer.accept(this);
        }
    }

    @Override
    public boolean isDebugEnabled() {
        return hears(Level.DEBUG);
    }

    @Override
    public void debug(String message) {
        write(Level.DEBUG, message);
    }

    @Override
    public void debug(String format, @Nullable Object argument) {
        write(Level.DEBUG, format, argument);
    }

    @Override
    public void debug(String format, @Nullable Object first, @Nullable Object second) {
        write(Level.DEBUG, format, first, second);
    }

    @Override
    public void debug(String format, @Nullable Object... arguments) {
        write(Level.DEBUG, format, arguments);
    }

    @Override
    public <E extends Exception> void debug(LoggerConsumer<E> consumer) throws E {
        if (isDebugEnabled()) {
            consumer.accept(this);
        }
    }

    @Override
    public boolean isInfoEnabled() {
        return hears(Level.INFO);
    }

    @Override
    public void info(String message) {
        write(Level.INFO, message);
    }

    @Override
    public void info(String format, @Nullable Object argument) {
        write(Level.INFO, format, argument);
    }

    @Override
    public void info(String format, @Nullable Object first, @Nullable Object second) {
        write(Level.INFO, format, first, second);
    }

    @Override
    public void info(String format, @Nullable Object... arguments) {
        write(Level.INFO, format, arguments);
    }

    @Override
    public <E extends Exception> void info(LoggerConsumer<E> consumer) throws E {
        if (isInfoEnabled()) {
            consumer.accept(this);
        }
    }

    @Override
    public boolean isWarnEnabled() {
        return hears(Level.WARN);
    }

    @Override
    public void warn(String message) {
        write(Level.WARN, message);
    }

    @Override
    public void warn(String format, @Nullable Object argument) {
        write(Level.WARN, format, argument);
    }

    @Override
    public void warn(String format, @Nullable Object first, @Nullable Object second) {
        write(Level.WARN, format, first, second);
    }

    @Override
    public void warn(String format, @Nullable Object... arguments) {
        write(Level.WARN, format, arguments);
    }

    @Override
    public <E extends Exception> void warn(LoggerConsumer<E> consumer) throws E {
        if (isWarnEnabled()) {
            consumer.accept(this);
        }
    }

    @Override
    public boolean isErrorEnabled() {
        return hears(Level.ERROR);
    }

    @Override
    public void error(String message) {
        write(Level.ERROR, message);
    }

    @Override
    public void error(String format, @Nullable Object argument) {
        write(Level.ERROR, format, argument);
    }

    @Override
    public void error(String format, @Nullable Object first, @Nullable Object second) {
        write(Level.ERROR, format, first, second);
    }

    @Override
    public void error(String format, @Nullable Object... arguments) {
        write(Level.ERROR, format, arguments);
    }

    @Override
    public <E extends Exception> void error(LoggerConsumer<E> consumer) throws E {
        if (isErrorEnabled()) {
            consumer.accept(this);
        }
    }

    @Override
    public void audit(String message) {
        write(Level.WARN, message);
    }

    @Override
    public void audit(String format, @Nullable Object argument) {
        write(Level.WARN, format, argument);
    }

    @Override
    public void audit(String format, @Nullable Object first, @Nullable Object second) {
        write(Level.WARN, format, first, second);
    }

    @Override
    public void audit(String format, @Nullable Object... arguments) {
        write(Level.WARN, format, arguments);
    }
}
