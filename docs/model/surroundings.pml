/* Guardians, CRIU and what fails. Included by commit.pml. */
/* What holds without the agents: guardians, and CRIU. */
active proctype Guardians()
{
end:
    do
    :: atomic { fired -> fired = false; ThawSource() }
#ifndef WINDOW
    :: atomic { !dLive && (dCopy == Traced || dCopy == Loose) -> dCopy = Dead }
#else
    :: atomic { !dLive && dCopy == Traced -> dCopy = Loose }
#endif
    od
}

active proctype Faults()
{
end:
    do
    :: atomic { sUp && sourceCrashes > 0 -> sourceCrashes--; sUp = false; sState = Over; if :: guarded -> guarded = false; fired = true :: else fi }
    :: atomic { dUp && destinationCrashes > 0 -> destinationCrashes--; dUp = false; dState = Idle; dLive = false; dGenuine = false }
    :: atomic { powerLosses > 0 ->
           powerLosses--; boot++; dUp = false; dState = Idle; dLive = false; dGenuine = false;
           if :: ALIVE(dCopy) -> dCopy = Dead :: else fi;
           ledger = disk; ledgerBoot = diskBoot }
    :: atomic { strays > 0 -> strays--; astray = !astray }
       /* From here on nothing fails any more. */
    :: atomic { sourceCrashes + destinationCrashes + powerLosses + strays + replays + prunes > 0 ->
           sourceCrashes = 0; destinationCrashes = 0; powerLosses = 0; strays = 0; replays = 0; prunes = 0 }
    od
}

