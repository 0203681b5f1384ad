/* The agent of the destination. Included by commit.pml. */
#define HEARS (dUp && !dForeign && !astray && ASKED)
#define ANSWERS HEARS && dState == Idle
#ifdef EARLY
#define RESUMED (ledger == Resumed && DURABLE && (dState == Idle || dState == Resuming || dState == Announcing))
#else
#define RESUMED (ledger == Resumed && DURABLE && (dState == Idle || dState == Announcing))
#endif

#ifdef ANSWERED
#define KNOWN (released || answerResumed || answerLost)
#else
#define KNOWN released
#endif

active proctype Destination()
{
end:
    do
       /* An id is used once. */
    :: atomic { dUp && !dForeign && dState == Idle && offer && ledger == Nothing ->
           offer = false; ledger = Receiving; ledgerBoot = boot; dLive = true; dGenuine = true; dState = Taken }
    :: atomic { dUp && !dForeign && dState == Idle && replays > 0 && ledger == Nothing ->
           replays--; ledger = Receiving; ledgerBoot = boot; dLive = true; dGenuine = REPLAYED; dState = Waiting }
#ifdef C4
    :: atomic { dUp && !dForeign && dState == Idle && replays > 0 && ledger != Nothing -> replays--; ledger = Aborted; FLUSH }
#endif

    :: atomic { dUp && dState == Taken -> dState = Waiting; MAY_LOSE(accept) }
    :: atomic { dUp && dState == Waiting && dGenuine && frozenSent -> dCopy = Traced; dState = Restoring }
       /* CRIU dies: the tasks hang in its code, or run. */
    :: atomic { dUp && dState == Restoring && dCopy == Traced -> dState = Killing; if :: dCopy = Loose :: skip fi }
#ifdef HELD_BY_CRIU
    :: atomic { dUp && dState == Restoring && dCopy == Traced -> dState = Complete }
#else
    :: atomic { dUp && dState == Restoring && dCopy == Traced -> dCopy = Stopped; dState = Complete }
#endif
    :: atomic { dUp && dState == Complete -> ledger = Restored; dState = Telling }
    :: atomic { dUp && dState == Telling -> FLUSH; dState = Held; MAY_LOSE(restored) }

       /* The commit: the record, and then the thaw, which may be done again. */
#ifdef C5
    :: atomic { dUp && dState == Held && dGenuine && commit -> dState = Resuming }
    :: atomic { dUp && dState == Resuming && dLive -> dCopy = Runs; dRan = true; ledger = Resumed; FLUSH; dState = Announcing }
    :: atomic { dUp && dState == Resuming && dLive -> dCopy = Runs; dRan = true; dState = Killed }
#else
#ifdef C6
    :: atomic { dUp && dState == Held && dGenuine && commit -> ledger = Committed; FLUSH; dState = Resuming }
    :: atomic { dUp && dState == Resuming && dLive -> dCopy = Runs; dRan = true; ledger = Resumed; FLUSH; dState = Announcing }
#else
#ifdef LOCKS
       /* The tasks need locks that the frozen original holds, and only they can take them: it is ended before they are complete. */
    :: atomic { dUp && dState == Held && dGenuine && commit -> ledger = Committed; FLUSH; wasCommitted = true; dState = TakingLocks; MAY_LOSE(committed) }
    :: atomic { dUp && dState == TakingLocks && sCopy == Dead -> dCopy = Stopped; dState = Free }
    :: atomic { dUp && dState == TakingLocks && sCopy != Dead -> dState = Killing }
    :: atomic { dUp && dState == Free -> ledger = Resumed; dState = Flushing }
    :: atomic { dUp && dState == Starting && ledger == Committed -> dState = Killing }
    :: atomic { HEARS && dState == TakingLocks && !answerCommitted -> answerCommitted = true }
#else
    :: atomic { dUp && dState == Held && dGenuine && commit -> ledger = Resumed; dState = Flushing }
#endif
#ifdef UNFLUSHED
    :: atomic { dUp && dState == Flushing -> dState = Resuming }
#else
    :: atomic { dUp && dState == Flushing -> FLUSH; dState = Resuming }
#endif
    :: atomic { dUp && dState == Resuming -> MUST(dCopy == Stopped || dCopy == Runs, "VIOLATED: nothing is there to thaw\n"); dCopy = Runs; dRan = true; dState = Announcing }
#endif
#endif
    :: atomic { dUp && dState == Announcing -> dState = Idle; if :: dLive -> MAY_LOSE(resumed) :: else fi }

       /* Before the commit it gives up for any reason: the word of the source, a lost connection, a limit, a question that asks for it. */
    :: atomic { dUp && dLive && (dState == Waiting || dState == Restoring || dState == Held) -> dState = Killing }
    :: atomic { dUp && dState == Killing -> dState = Killed; if :: ALIVE(dCopy) -> dCopy = Dead :: else fi }
    :: atomic { dUp && dState == Killed -> ledger = Aborted; dState = Denying }
    :: atomic { dUp && dState == Denying -> FLUSH; dState = Idle; if :: dLive && dGenuine -> MAY_LOSE(abortOfDestination) :: else fi; dLive = false }

       /* Questions; only what lasts is an answer. */
    :: atomic { ANSWERS && ledger == Nothing -> ledger = Aborted; ledgerBoot = boot; dState = Denying }
    :: atomic { ANSWERS && ledger == Aborted && DURABLE && !answerAborted -> answerAborted = true }
#ifdef M10
    :: atomic { HEARS && RESUMED && !answerResumed ->
#else
    :: atomic { HEARS && RESUMED && ledgerBoot != boot && !answerLost -> answerLost = true }
    :: atomic { HEARS && RESUMED && ledgerBoot == boot && !answerResumed ->
#endif
#ifndef C6
           MUST(dCopy == Runs, "VIOLATED: Resumed is answered for a copy that does not run\n");
#endif
           answerResumed = true }
    :: atomic { (astray || dUp && dForeign) && ASKED && !answerForeign -> answerForeign = true }
#ifdef M6
    :: atomic { HEARS && dState == Held && queryOrAbort && !answerAborted -> answerAborted = true }
#endif

       /* A record goes when not knowing means the same: that of a workload which runs never, since a repeated question or offer would deny or end it; that of
          one which ran and has ended only after its source has said that its copy is gone. */
#ifdef M9
    :: atomic { dUp && !dForeign && dState == Idle && prunes > 0 && ledger == Resumed -> prunes--; ledger = Nothing; FLUSH }
#endif
    :: atomic { dUp && !dForeign && dState == Idle && prunes > 0 && MAY_PRUNE && (ledger == Aborted || ledger == Resumed && KNOWN && !ALIVE(dCopy)) ->
           prunes--; ledger = Nothing; FLUSH }

       /* Another agent begins. It has the ledger alone, and what it reads there it flushes before it acts on it. */
    :: atomic { !dUp -> dUp = true; dState = Idle; dForeign = true }
    :: atomic { !dUp -> dUp = true; dState = Starting; dForeign = false }
    :: atomic { dUp && dState == Starting && ledger == Nothing -> dState = Idle }
    :: atomic { dUp && dState == Starting && ledger == Aborted -> FLUSH; dState = Idle }
    :: atomic { dUp && dState == Starting && (ledger == Receiving || ledger == Restored) -> dState = Killing }
    :: atomic { dUp && dState == Starting && ledger == Resumed ->
#ifndef BELIEVING
           FLUSH;
#endif
           if :: ledgerBoot == boot -> dState = Resuming :: else -> dState = Idle fi }
#ifdef C6
    :: atomic { dUp && dState == Starting && ledger == Committed ->
           if :: ALIVE(dCopy) -> ledger = Resumed :: else -> ledger = Aborted fi; FLUSH; dState = Idle }
    :: atomic { dUp && dState == Resuming && !dLive -> dState = Idle }
#endif
    od
}

