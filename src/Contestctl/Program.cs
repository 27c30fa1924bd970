using ContestPipeline.Contestctl;
using Microsoft.Extensions.Configuration;

var settings = new ConfigurationBuilder().AddEnvironmentVariables().Build();
return await CommandLine.Run(args, new Session(settings, TimeProvider.System));
