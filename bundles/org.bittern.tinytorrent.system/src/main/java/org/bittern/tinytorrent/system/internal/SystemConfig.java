package org.bittern.tinytorrent.system.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the methods, PID {@value #PID}. Changes act on new calls. */
@ObjectClassDefinition(name = "Bittern system-* methods")
@interface SystemConfig {
    /** Of ConfigAdmin. */
    String PID = "org.bittern.tinytorrent.system";

    @AttributeDefinition(
            description =
                    "Whether system-open also opens programs and scripts, which then run as the"
                            + " user of the process.")
    boolean open_programs() default false;

    @AttributeDefinition(
            description =
                    "Command that system-register-handler enters for magnet links and torrent"
                            + " files: program and arguments; link or file is appended. Empty:"
                            + " \"bittern add\" to the daemon of this data directory.")
    String[] handler_command() default {};
}
