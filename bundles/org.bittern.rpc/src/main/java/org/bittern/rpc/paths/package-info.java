/**
 * What methods need that take a path from a caller: reading it as an argument ({@link
 * org.bittern.rpc.paths.PathArgument}), looking at the file system without hanging with it ({@link
 * org.bittern.rpc.paths.PathDesk}), and one wording for what went wrong ({@link
 * org.bittern.rpc.paths.PathTrouble}).
 */
@Export
@Version("1.0.0")
@NullMarked
package org.bittern.rpc.paths;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
