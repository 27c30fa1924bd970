using ContestPipeline.Settlement;
using ContestPipeline.Plumbing;

return await WorkerHost.Run(args, builder => builder.AddSettlement());
