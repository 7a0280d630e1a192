package org.bittern.engine.internal;

import java.util.List;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * How far what was noted of the files of a torrent is believed before they are hashed. Owned by the
 * torrent's loop.
 */
final class Trust {
    private final FileNotes notes;
    private boolean suspicious; // the last owner did not end in good order
    private boolean checksAll; // somebody wants that, whatever was noted
    private boolean ownWrites; // nobody but us can have changed the files meanwhile

    Trust(FileNotes notes) {
        this.notes = notes;
    }

    /** What was noted is of a run that did not end in good order, or of one that did. */
    void restore(boolean afterCrash) {
        suspicious = afterCrash;
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

    /** Whether anything that was noted holds until the files say otherwise. */
    boolean believes() {
        return !checksAll && !notes.files().isEmpty();
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

    /** The files are open, and what is noted of them is what they are. */
    void opened() {
        checked();
        ownWrites = false;
    }
}
