// The runtime takes a stop of a traced child for its end when another child ends at that moment, and tests start and end children all the time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
