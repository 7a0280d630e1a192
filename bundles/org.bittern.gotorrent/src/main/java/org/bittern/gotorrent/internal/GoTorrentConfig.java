package org.bittern.gotorrent.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration, PID {@code org.bittern.gotorrent}. */
@ObjectClassDefinition(name = "Bittern REST in the way of GoTorrentServer")
@interface GoTorrentConfig {
    @AttributeDefinition(
            description = "What stands before every path, such as /gt; empty: nothing.")
    String base_path() default "";
}
