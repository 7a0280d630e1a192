package org.bittern.api.engine;

/** A registration that can be ended on any thread; closing twice does no harm. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
