/* The agent of the source. Included by commit.pml. */
active proctype Source()
{
end:
    do
    :: atomic { sUp && sState == Running && accept && !accepted -> accepted = true }
    :: atomic { sUp && sState == Running && accepted -> guarded = true; sCopy = Stopped; sState = Frozen; MAY_LOSE(frozenSent) }

       /* Until the Commit is sent the source may give up by itself, for any reason. */
    :: atomic { sUp && (sState == Running || sState == Frozen || sState == Journaled || sState == Insured) ->
           ThawSource(); guarded = false; sState = Thawing; MAY_LOSE(abortOfSource) }

       /* The order that matters: the journal, then the guardian lets go, then Commit. */
    :: atomic { sUp && sState == Frozen && restored ->
#ifndef H3
           journal = FrozenJournal;
#endif
           sState = Journaled }
#ifdef GUARDIAN
    :: atomic { sUp && sState == Journaled -> sState = Insured }
#else
    :: atomic { sUp && sState == Journaled -> guarded = false; sState = Insured }
#endif
    :: atomic { sUp && sState == Insured -> commitSent = true; sState = Committing; MAY_LOSE(commit) }

    :: atomic { sUp && sState == Committing && resumed -> KillSource(); sState = Releasing }
    :: atomic { sUp && sState == Committing && abortOfDestination -> ThawSource(); sState = Thawing }
#ifdef LOCKS
    :: atomic { sUp && sState == Committing && committed && sCopy == Stopped -> KillSource() }
    :: atomic { sUp && sState == InDoubt && answerCommitted && sCopy == Stopped -> KillSource() }
#endif
    :: atomic { sUp && sState == Committing -> sState = InDoubt }

    :: atomic { sUp && sState == InDoubt && !query -> query = true }
    :: atomic { sUp && sState == InDoubt && query && !queryOrAbort -> queryOrAbort = true }
    :: atomic { sUp && sState == InDoubt && answerResumed -> KillSource(); sState = Releasing }
    :: atomic { sUp && sState == InDoubt && answerAborted -> ThawSource(); sState = Thawing }
       /* It ran there until that host lost its power: nothing here may decide what is to become of the older state. */
    :: atomic { sUp && sState == InDoubt && answerLost && !told -> told = true }
#ifdef C3
    :: atomic { sUp && sState == InDoubt && answerForeign -> sCopy = Runs; sState = Thawing }
#else
    :: atomic { sUp && sState == InDoubt && answerForeign && !told -> told = true }
#endif

    :: atomic { sUp && sState == Thawing -> journal = ClosedJournal; sState = Thawed }
    :: atomic { sUp && sState == Releasing -> journal = ClosedJournal; sState = Released; MAY_LOSE(released) }

       /* Another agent begins, and has the journal alone. */
    :: atomic { !sUp ->
           sUp = true;
           if
           :: journal == FrozenJournal -> sState = InDoubt
           :: else -> sState = Over
           fi }
    od
}

