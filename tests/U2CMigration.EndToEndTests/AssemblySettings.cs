// Two cores carry two hosts and a client: side by side, tests would only disturb each other's timing.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
