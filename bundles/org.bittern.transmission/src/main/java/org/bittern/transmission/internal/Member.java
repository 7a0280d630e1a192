package org.bittern.transmission.internal;

import java.io.IOException;
import org.bittern.rpc.RpcWriter;

/** Writes the value of one member of an object, without its name. */
@FunctionalInterface
interface Member {
    void write(RpcWriter out) throws IOException;
}
