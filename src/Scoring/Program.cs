using ContestPipeline.Scoring;
using ContestPipeline.Plumbing;

return await WorkerHost.Run(args, builder => builder.AddScoring());
