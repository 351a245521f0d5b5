// Made by `npm run api` from what the coordinator's routes say of themselves; do not edit.
export interface paths {
    "/v1/network": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public description of the network */
        get: operations["getNetwork"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, newest first */
        get: operations["getJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job with its manifest */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{jobId}/chunks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Chunks of a job, in order; none before its manifest was read
         * @description The cursor is the index of a chunk: a page may begin at any.
         */
        get: operations["getJobChunks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{jobId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events of a job as server-sent events, resumed by Last-Event-ID
         * @description Each event of the contract under its name, `progress` with the job after what came together, and `rollback` when blocks that were sent never happened; `ending`, without an id, when the coordinator ends.
         */
        get: operations["getJobEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{jobId}/wish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the artist of a job wishes it to be suggested */
        get: operations["getJobWish"];
        /**
         * How the artist of a job wishes it to be suggested
         * @description Signed by the artist for `job-wish`. What is left out stays as it was.
         */
        put: operations["putJobWish"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers/{address}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A worker or verifier is there */
        post: operations["postHeartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers/{address}/suggestion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a worker should take next
         * @description Chunks of one frame that nobody else is told to take for a few seconds. 204: nothing now.
         */
        post: operations["postSuggestion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Workers and verifiers with their records: workers, then verifiers, then those who left */
        get: operations["getWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the coordinator works
         * @description 503 `not-ready` with the reason while it has no database or is still reading the chain.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * That something moved on the network, as server-sent events
         * @description `changed` with the newest block and the number of events, at once and at each change; `ending` when the coordinator ends. A reader that comes back needs nothing of what it missed: Last-Event-ID means nothing here.
         */
        get: operations["getChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/faucet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the faucet has left */
        get: operations["getFaucet"];
        put?: never;
        /**
         * Gives an account its start on a network of test money, once
         * @description Answers when it is there. Asked again for the same account it gives nothing more, whoever asks and however often. 404 where the network has no faucet.
         */
        post: operations["postFaucet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description an error */
        Error: {
            error: {
                /** @description a word for programs; docs/errors.md says what each means */
                code: string;
                /** @description a sentence for people */
                message: string;
                facts: {
                    [key: string]: unknown;
                };
                /** @description what to do about it */
                advice?: string;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description with addresses that the asker can use */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {number} */
                        protocolVersion: 1;
                        name: string;
                        chainId: number;
                        rpcUrl: string;
                        contract: string;
                        token: string;
                        policy: string;
                        deploymentBlock: number;
                        ipfsApiUrl: string;
                        coordinatorUrl?: string;
                        faucetUrl?: string;
                        contact?: string;
                        testMoney: boolean;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getJobs: {
        parameters: {
            query?: {
                state?: "open" | "closed" | "completed";
                artist?: string;
                /** @description nextCursor of the page before; without one, the first */
                cursor?: string;
                /** @description how many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        jobs: {
                            jobId: string;
                            artist: string;
                            manifestDigest: string;
                            termsDigest: string;
                            policy: string;
                            pricePerUnitWei: string;
                            /** @description unix seconds */
                            deadlineSeconds: number;
                            createdBlock: number;
                            state: "open" | "closed" | "completed";
                            chunks: {
                                total: number;
                                /** @description can be taken */
                                free: number;
                                /** @description being rendered */
                                leased: number;
                                /** @description rendered, being audited */
                                committed: number;
                                /** @description audited and paid */
                                paid: number;
                                /** @description to be rendered again by another worker */
                                voided: number;
                            };
                            money: {
                                fundedWei: string;
                                unreservedWei: string;
                                reservedWei: string;
                                spentWei: string;
                                withdrawnWei: string;
                            };
                            /** @description leases ever taken */
                            leases: number;
                            /** @description those that ended, by how */
                            endings: {
                                payable: number;
                                voided: number;
                                convicted: number;
                                expired: number;
                            };
                            /** @description unix seconds at which its first lease was taken */
                            startedAtSeconds: number | null;
                            /** @description what is rendered; null before its manifest was read */
                            picture: {
                                /** @description path of the scene in its directory */
                                scene: string;
                                width: number;
                                height: number;
                                firstFrame: number;
                                lastFrame: number;
                                samples: number;
                            } | null;
                        }[];
                        /** @description the cursor of the next page; null: this is the last */
                        nextCursor: string | null;
                        /** @description unix seconds by the clock of the chain */
                        nowSeconds: number;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        jobId: string;
                        artist: string;
                        manifestDigest: string;
                        termsDigest: string;
                        policy: string;
                        pricePerUnitWei: string;
                        /** @description unix seconds */
                        deadlineSeconds: number;
                        createdBlock: number;
                        state: "open" | "closed" | "completed";
                        chunks: {
                            total: number;
                            /** @description can be taken */
                            free: number;
                            /** @description being rendered */
                            leased: number;
                            /** @description rendered, being audited */
                            committed: number;
                            /** @description audited and paid */
                            paid: number;
                            /** @description to be rendered again by another worker */
                            voided: number;
                        };
                        money: {
                            fundedWei: string;
                            unreservedWei: string;
                            reservedWei: string;
                            spentWei: string;
                            withdrawnWei: string;
                        };
                        /** @description leases ever taken */
                        leases: number;
                        /** @description those that ended, by how */
                        endings: {
                            payable: number;
                            voided: number;
                            convicted: number;
                            expired: number;
                        };
                        /** @description unix seconds at which its first lease was taken */
                        startedAtSeconds: number | null;
                        /** @description whether the manifest was read from IPFS */
                        documents: "pending" | "ready" | "refused";
                        /** @description why the documents cannot be used */
                        refusal: string | null;
                        /** @description the manifest, once read */
                        manifest: unknown;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getJobChunks: {
        parameters: {
            query?: {
                /** @description nextCursor of the page before; without one, the first */
                cursor?: string;
                /** @description how many at most */
                limit?: number;
            };
            header?: never;
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        chunks: {
                            chunkIndex: number;
                            frame: number;
                            weight: number;
                            state: "free" | "leased" | "committed" | "paid" | "voided";
                            /** @description the lease that took it last */
                            leaseId: number | null;
                            /** @description the worker of that lease */
                            worker: string | null;
                        }[];
                        /** @description the cursor of the next page; null: this is the last */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getJobEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description id of the last event that the reader has; what it does not have follows */
                "last-event-id"?: string;
            };
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description server-sent events, until one side hangs up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getJobWish: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        jobId: string;
                        /** @description it is suggested to nobody */
                        paused: boolean;
                        /** @description higher comes first among the jobs of one artist */
                        priority: number;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    putJobWish: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    paused?: boolean;
                    priority?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        jobId: string;
                        /** @description it is suggested to nobody */
                        paused: boolean;
                        /** @description higher comes first among the jobs of one artist */
                        priority: number;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    postHeartbeat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description noted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    postSuggestion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    maxChunks: number;
                };
            };
        };
        responses: {
            /** @description what to take */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        jobId: string;
                        word: number;
                        /** @description bit b is chunk word x 256 + b; decimal */
                        mask: string;
                    };
                };
            };
            /** @description nothing to take now */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getWorkers: {
        parameters: {
            query?: {
                /** @description nextCursor of the page before; without one, the first */
                cursor?: string;
                /** @description how many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description a page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        workers: {
                            address: string;
                            role: "worker" | "verifier" | null;
                            deviceClass: string;
                            /** @description wei; decimal */
                            stakeWei: string;
                            /** @description everything ever earned, wei; decimal */
                            creditedWei: string;
                            /** @description wei; decimal */
                            slashedWei: string;
                            convictions: number;
                            /** @description when it last said that it is there, or asked for work; advisory */
                            seenAt: string | null;
                            /** @description the same in milliseconds before this answer, for readers whose clocks differ */
                            seenAgoMs: number | null;
                            /** @description unix seconds; null: not known */
                            registeredAtSeconds: number | null;
                            /** @description unix seconds from which it can take its stake back; null: it stays */
                            leavesAtSeconds: number | null;
                            leases: {
                                open: number;
                                payable: number;
                                voided: number;
                                convicted: number;
                                expired: number;
                            };
                            chunksPaid: number;
                            audits: {
                                sealed: number;
                                revealed: number;
                            };
                        }[];
                        /** @description the cursor of the next page; null: this is the last */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description it works */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description the newest block read */
                        head: {
                            blockNumber: number;
                            /** @description unix seconds */
                            timestampSeconds: number;
                        };
                        /** @description age of that block by the clock of the coordinator */
                        behindSeconds: number;
                        jobs: number;
                        openLeases: number;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getChanges: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description server-sent events, until one side hangs up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getFaucet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what is left */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description the faucet's own, which needs coins */
                        account: string;
                        coinsLeftWei: string;
                        isEmpty: boolean;
                        coinsPerStartWei: string;
                        tokensPerStartWei: string;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    postFaucet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    account: string;
                };
            };
        };
        responses: {
            /** @description what was given */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        account: string;
                        /** @description false: it had its start before, or has enough */
                        isNew: boolean;
                        coinsWei: string;
                        tokensWei: string;
                    };
                };
            };
            /** @description an error */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description an error */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
