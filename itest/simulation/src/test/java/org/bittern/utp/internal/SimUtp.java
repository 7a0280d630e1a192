package org.bittern.utp.internal;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.Transport;

/** Opens the bundle's transport to simulations. */
public final class SimUtp {
    private SimUtp() {}

    /** The real uTP, with numbers that can be repeated. */
    public static Transport of(Datagrams datagrams, RandomGenerator random, Executor workers) {
        return new UtpTransport(datagrams, random, workers);
    }
}
