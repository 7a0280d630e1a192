package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.file.Path;

/** Another process: opens a session, says so and keeps it until it is killed. */
final class SessionHolder {
    private SessionHolder() {}

    public static void main(String[] arguments) throws IOException {
        FileSession session = new FileSession(Path.of(arguments[0]), new DiskFileOps());
        System.out.println("open");
        while (System.in.read() >= 0) {
            if (session.isClosed()) {
                return;
            }
        }
    }
}
