/**
 * How a bundle adds methods and fields to Transmission's RPC without seeing the bundle that serves
 * it: services {@link org.bittern.rpc.RpcMethod}, {@link org.bittern.rpc.FieldProvider} and {@link
 * org.bittern.rpc.Capabilities}. Names inside are those of the legacy dialect on the way out, and
 * snake_case on the way in; the other dialect follows by rule ({@link org.bittern.rpc.Names}).
 */
@Export
@Version("1.3.0")
@NullMarked
package org.bittern.rpc;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
