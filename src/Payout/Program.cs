using ContestPipeline.Payout;
using ContestPipeline.Plumbing;

return await WorkerHost.Run(args, builder => builder.AddPayout());
