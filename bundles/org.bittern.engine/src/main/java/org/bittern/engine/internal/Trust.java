package org.bittern.engine.internal;

import java.util.List;
import org.bittern.engine.internal.Beginning.Left;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * How far what was noted of the files of a torrent is believed before they are hashed. Owned by the
 * torrent's loop.
 */
final class Trust {
    private final FileNotes notes;
    private boolean suspicious; // the last owner did not end in good order
    private boolean handedOver; // the last owner left for us a moment ago
    private boolean checksAll; // somebody wants that, whatever was noted
    private boolean unchecked; // a check of everything was begun, and has not ended
    private boolean ownWrites; // nobody but us can have changed the files meanwhile

    Trust(FileNotes notes) {
        this.notes = notes;
    }

    /**
     * Takes over what an earlier run left.
     *
     * @param wasUnchecked it did not end a check of everything
     * @param how it ended
     */
    void restore(boolean wasUnchecked, Left how) {
        unchecked = wasUnchecked;
        suspicious = how == Left.CRASHED;
        handedOver = how == Left.HANDED_OVER;
    }

    /** Everything must be checked. */
    void checkAll() {
        checksAll = true;
    }

    boolean checksAll() {
        return checksAll;
    }

    /** The files are left, and found again by the next store. */
    void onlyWeWrite() {
        ownWrites = true;
    }

    boolean isSuspicious() {
        return suspicious;
    }

    /** There are files of which nothing is known; all of it must be checked. */
    void foundUnchecked() {
        unchecked = true;
    }

    /** Whether a check of everything is not over. */
    boolean owesCheck() {
        return checksAll || unchecked;
    }

    /** Whether there were files, which shall still be there. */
    boolean expectsFiles() {
        return !checksAll && !notes.files().isEmpty();
    }

    /** Whether what was noted of pieces holds until the files say otherwise. */
    boolean believes() {
        return expectsFiles() && !unchecked;
    }

    /** Whether files that are opened are shown as what they were, though nobody has looked yet. */
    boolean goesOn() {
        return handedOver && believes();
    }

    /** The pieces that must be hashed, of those that are believed to be there. */
    Bitfield suspects(Inspection inspection, List<FileStat> now) {
        return ownWrites
                ? inspection.cutOff(now) // nobody else has written, but data may be lost
                : inspection.suspects(notes.files(), now, suspicious);
    }

    /** It is known which pieces are there. */
    void checked() {
        suspicious = false;
        checksAll = false;
    }

    /** What is noted of the files is what they are. */
    void settled() {
        checked();
        unchecked = false;
        ownWrites = false;
        handedOver = false;
    }
}
