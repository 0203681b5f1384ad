/*
 * The commit of a migration: who may let the workload run, and when. Checked by eng/model.sh with spin; docs/protocol.md says what for.
 *
 * A set of guarded steps, each atomic; whatever can happen between two of them is a step of Faults. The network is a set of messages: what was sent may
 * arrive at any later time, again, in any order, or never. Every step changes something for good and faults are counted, so every run ends: what is
 * right "once both agents are up and links work" is what is right where no step is left (eng/model.sh has spin confirm that there is no cycle).
 *
 * Durable are the ledger of the destination (as far as it was flushed), the journal of the source, and the processes. Names are those of the code.
 * Macros put defects in; eng/model.sh --list says which.
 */

#ifndef CRASHES
#define CRASHES 2 /* of each agent */
#endif
#ifndef POWER_LOSSES
#define POWER_LOSSES 1 /* of the destination's host */
#endif

/* REPLAY: a stranger repeats the whole stream, not just the offer. Then records must stay; otherwise a nonce of the connection keeps him from going on. */
#ifdef REPLAY
#define REPLAYED true
#define MAY_PRUNE false
#else
#define REPLAYED false
#define MAY_PRUNE true
#endif

#if defined(C5) || defined(C6) || defined(LOCKS)
#define HELD_BY_CRIU /* Restored is said of processes that CRIU still holds */
#endif
#if defined(C6) || defined(LOCKS)
#define COMMITTED , Committed
#else
#define COMMITTED
#endif

mtype:record = { Nothing, Receiving, Restored, Resumed, Aborted COMMITTED }
mtype:source = { Running, Frozen, Journaled, Insured, Committing, InDoubt, Releasing, Thawing, Released, Thawed, Over }
mtype:journal = { NoJournal, FrozenJournal, ClosedJournal }
mtype:destination = { Idle, Starting, Taken, Waiting, Restoring, Complete, Telling, Held, Flushing, Resuming, Announcing, Killing, Killed, Denying, TakingLocks, Free }

/* Copy of the workload. Loose: CRIU died between the end of the restore and the freeze; it runs, cut off from the network. */
mtype:copy = { Absent, Traced, Loose, Stopped, Runs, Dead }

/* The source: its agent (sState is lost in a crash), its guardian, its journal. */
bool sUp = true;
mtype:source sState = Running;
mtype:copy sCopy = Runs;
mtype:journal journal = NoJournal;
bool guarded;      /* a guardian thaws the workload when this agent dies */
bool fired;        /* it died */
bool accepted;
bool told;         /* a human was told: "I do not know" */

/* The destination: its agent (dState and dLive are lost in a crash) and its ledger, of which disk is what a loss of power leaves. */
bool dUp = true;
mtype:destination dState = Idle;
bool dLive;        /* this very process holds the migration */
bool dGenuine;     /* with the source itself, not with one who repeats its offer */
bool dForeign;     /* the agent has another state directory, with a ledger id that the source was not told in the Accept */
bool astray;       /* what the source asks comes to another host */
mtype:copy dCopy = Absent;
mtype:record ledger = Nothing;
mtype:record disk = Nothing;
byte boot;
byte ledgerBoot, diskBoot;

/* What was sent. */
bool offer = true, accept, frozenSent, restored, commit, resumed, abortOfSource, abortOfDestination, released, query, queryOrAbort, committed;
bool answerResumed, answerAborted, answerCommitted, answerLost, answerForeign;

/* What happened, for the properties only. */
bool commitSent, dRan, wasAborted, wasResumed, wasCommitted;
byte sourceCrashes = CRASHES, destinationCrashes = CRASHES, powerLosses = POWER_LOSSES, replays = 1, prunes = 1, strays = 1;

#define MAY_LOSE(message) if :: message = true :: skip fi
#define FLUSH disk = ledger; diskBoot = ledgerBoot; wasAborted = wasAborted || ledger == Aborted; wasResumed = wasResumed || ledger == Resumed
#define MUST(condition, words) if :: condition -> skip :: else -> printf(words); assert(false) fi
#define DURABLE (ledger == disk)
#define ASKED (query || queryOrAbort)
#define ALIVE(copy) (copy == Traced || copy == Loose || copy == Stopped || copy == Runs)

/* A thaw after the Commit was sent needs an Aborted that lasts; a kill needs a Resumed that lasts. */
inline ThawSource() {
    MUST(!commitSent || wasAborted, "VIOLATED: the source thaws after the Commit without an Aborted that lasts\n");
    if :: sCopy == Stopped -> sCopy = Runs :: else fi
}
inline KillSource() {
    MUST(wasResumed || wasCommitted, "VIOLATED: the source kills its copy without a Resumed that lasts\n");
    sCopy = Dead
}

#include "source.pml"
#include "destination.pml"
#include "surroundings.pml"

#define LEFT_BEHIND (dCopy == Traced || dCopy == Loose || dCopy == Stopped)
#define RUNS_HERE (sCopy == Runs && dCopy != Runs && dCopy != Traced && dCopy != Loose && (!LEFT_BEHIND || dForeign))
#define RUNS_THERE (dCopy == Runs && sCopy == Dead)
#define ASKS_A_HUMAN (sCopy == Stopped && told && (dForeign || astray || answerLost))
#define DIED_WITH_ITS_HOST (sCopy == Dead && dRan && boot > 0)

#ifdef REACHES /* that an end is reached at all: a model in which nothing happens has no fault either */
#define IS_RIGHT !(REACHES)
#else
#define IS_RIGHT (RUNS_HERE || RUNS_THERE || ASKS_A_HUMAN || DIED_WITH_ITS_HOST)
#endif

active proctype Properties()
{
    do
    :: atomic { sCopy == Runs && dCopy == Runs -> printf("VIOLATED: two copies run\n"); assert(false) }
       /* What clients were told there is not taken back. */
    :: atomic { sCopy == Runs && dRan -> printf("VIOLATED: it runs at the source after it ran at the destination\n"); assert(false) }
    :: atomic { ledger == Aborted && ALIVE(dCopy) -> printf("VIOLATED: the record is Aborted and the copy is not dead\n"); assert(false) }
    :: atomic { timeout ->
           if
           :: IS_RIGHT -> break
           :: else -> printf("VIOLATED: nothing is left to do, and not exactly one copy runs\n"); assert(false)
           fi }
    od
}
