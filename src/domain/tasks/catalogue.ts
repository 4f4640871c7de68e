/**
 * The kinds of task that a request in words can name, and what each is taken to need where the request does not say. The
 * numbers are Pylon's own, round and on the side of what is usual; whoever knows better states the energy or the power.
 */

export type TaskWorkloadType =
  'TRAINING_RUN' | 'FINE_TUNING' | 'INFERENCE_BATCH' | 'RAG_QUERY' | 'DATA_PROCESSING' | 'OTHER';

/** One kind of accelerator, with its share of the server around it. */
export interface GpuKind {
  readonly id: string;
  readonly words: RegExp;
  /** Of one, at work, with its share of the server, kW. */
  readonly kw: number;
  readonly why: string;
}

export const GPU_KINDS: readonly GpuKind[] = [
  {
    id: 'H100',
    words: /\bh100s?\b/i,
    kw: 1.3,
    why: '700 W board (NVIDIA H100 SXM data sheet), with its share of an eight-GPU server of 10.2 kW',
  },
  {
    id: 'A100',
    words: /\ba100s?\b/i,
    kw: 0.8,
    why: '400 W board (NVIDIA A100 SXM data sheet), with its share of an eight-GPU server of 6.5 kW',
  },
  {
    id: 'L4',
    words: /\bl4s?\b/i,
    kw: 0.15,
    why: '72 W board (NVIDIA L4 data sheet) and its share of the server',
  },
  {
    id: 'V100',
    words: /\bv100s?\b/i,
    kw: 0.55,
    why: '300 W board (NVIDIA V100 data sheet), with its share of the server',
  },
];

/** The kind that is assumed where none is named. */
export const DEFAULT_GPU = 'H100';

/** What is looked for in a request of a kind. */
export interface TaskKind {
  readonly id: string;
  /** In the words of people. */
  readonly name: string;
  readonly words: RegExp;
  readonly example: string;
  readonly type: TaskWorkloadType;
  /** What it runs on: accelerators, or servers without them. */
  readonly runsOn: 'GPU' | 'CPU';
  /** Machines where neither the request nor the size of its model says how many. */
  readonly machines: number;
  /** Hours where neither the request nor its amount of work says how long. */
  readonly hours: number;
  /** Whether it can be paused and resumed, as it is usually run. */
  readonly isInterruptible: boolean;
  /** Hours of machine time for a piece of its work, by what is counted. */
  readonly rates: readonly TaskRate[];
}

export interface TaskRate {
  readonly unit: 'ITEM' | 'GB';
  /** What one is called; null: anything that is counted in this unit. */
  readonly words: RegExp | null;
  readonly machineHoursEach: number;
  readonly why: string;
}

/** What a server without accelerators draws at work, kW. */
export const SERVER_KW = 0.5;
export const SERVER_WHY = 'a two-socket server at work, 500 W';

export const TASK_KINDS: readonly TaskKind[] = [
  {
    id: 'fine-tuning',
    name: 'fine-tuning a model',
    words: /\bfine[- ]?tun(?:e|es|ed|ing)\b/i,
    example: 'fine-tune llama-8b on 20 GB, within 24 h',
    type: 'FINE_TUNING',
    runsOn: 'GPU',
    machines: 8,
    hours: 8,
    isInterruptible: true,
    rates: [
      { unit: 'GB', words: null, machineHoursEach: 0.5, why: 'half an hour of one GPU for a GB of text' },
    ],
  },
  {
    id: 'training',
    name: 'training a model',
    words: /\b(?:train|trains|training|pre-?train(?:ing)?)\b/i,
    example: 'train a 7B model on 2 TB for 48 hours, finish by Friday 18:00, under 120 g',
    type: 'TRAINING_RUN',
    runsOn: 'GPU',
    machines: 8,
    hours: 24,
    isInterruptible: true,
    rates: [
      { unit: 'GB', words: null, machineHoursEach: 0.5, why: 'half an hour of one GPU for a GB of data' },
    ],
  },
  {
    id: 'inference',
    name: 'batch inference',
    words: /\b(?:inference|infer|predict(?:ions?)?|embed(?:dings?)?|score|scoring|batch generation)\b/i,
    example: 'run inference for llama-70b for 6 h',
    type: 'INFERENCE_BATCH',
    runsOn: 'GPU',
    machines: 4,
    hours: 4,
    isInterruptible: true,
    rates: [
      {
        unit: 'ITEM',
        words: null,
        machineHoursEach: 0.001,
        why: '1,000 requests an hour on one GPU',
      },
    ],
  },
  {
    id: 'rag',
    name: 'answering from documents',
    words: /\b(?:rag|retrieval|question answering|answer(?:s|ing)?)\b/i,
    example: 'answer 500 RAG queries within 2 h',
    type: 'RAG_QUERY',
    runsOn: 'GPU',
    machines: 1,
    hours: 0.5,
    isInterruptible: false,
    rates: [{ unit: 'ITEM', words: null, machineHoursEach: 0.0005, why: '2,000 queries an hour on one GPU' }],
  },
  {
    id: 'transcoding',
    name: 'transcoding video',
    words: /\b(?:transcod(?:e|es|ing)|encod(?:e|ing)|re-?encod(?:e|ing))\b/i,
    example: 'transcode 10,000 videos by tomorrow 6am',
    type: 'DATA_PROCESSING',
    runsOn: 'CPU',
    machines: 20,
    hours: 6,
    isInterruptible: true,
    rates: [
      {
        unit: 'ITEM',
        words: /\b(?:videos?|clips?|films?|files?)\b/i,
        machineHoursEach: 0.05,
        why: 'three minutes of one server for a video of ten minutes',
      },
    ],
  },
  {
    id: 'rendering',
    name: 'rendering',
    words: /\brender(?:s|ing)?\b/i,
    example: 'render 4,000 frames within 36 h',
    type: 'OTHER',
    runsOn: 'GPU',
    machines: 8,
    hours: 8,
    isInterruptible: true,
    rates: [
      {
        unit: 'ITEM',
        words: /\bframes?\b/i,
        machineHoursEach: 0.05,
        why: 'three minutes of one GPU a frame',
      },
    ],
  },
  {
    id: 'simulation',
    name: 'a simulation',
    words: /\b(?:simulat(?:e|es|ion|ions|ing)|monte[- ]carlo|weather model)\b/i,
    example: 'run a simulation on 40 servers for 12 hours',
    type: 'OTHER',
    runsOn: 'CPU',
    machines: 20,
    hours: 8,
    isInterruptible: false,
    rates: [],
  },
  {
    id: 'etl',
    name: 'batch processing of data',
    words:
      /\b(?:etl|elt|batch|data processing|process(?:ing)?|pipeline|aggregat(?:e|ion)|index(?:ing)?|backup)\b/i,
    example: 'nightly batch ETL on 500 GB',
    type: 'DATA_PROCESSING',
    runsOn: 'CPU',
    machines: 10,
    hours: 3,
    isInterruptible: true,
    rates: [{ unit: 'GB', words: null, machineHoursEach: 0.05, why: 'three minutes of one server for a GB' }],
  },
];

/** A model that is known by its name. */
export interface KnownModel {
  readonly id: string;
  readonly words: RegExp;
  /** Parameters, 10⁹. */
  readonly billions: number;
}

/** Names that say no size by themselves; one with a size in it, such as `llama-70b`, is read by that. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  { id: 'ResNet-50', words: /\bresnet[- ]?50\b/i, billions: 0.0256 },
  { id: 'BERT large', words: /\bbert[- ]large\b/i, billions: 0.34 },
  { id: 'BERT base', words: /\bbert\b/i, billions: 0.11 },
  { id: 'GPT-2', words: /\bgpt-?2\b/i, billions: 1.5 },
  { id: 'Stable Diffusion', words: /\bstable diffusion\b/i, billions: 1 },
  { id: 'Whisper large', words: /\bwhisper\b/i, billions: 1.55 },
];

/** Data sets that are known by their names. */
export const KNOWN_DATA_SETS: readonly {
  readonly id: string;
  readonly words: RegExp;
  readonly gb: number;
}[] = [
  { id: 'ImageNet', words: /\bimagenet\b/i, gb: 150 },
  { id: 'COCO', words: /\bcoco\b/i, gb: 25 },
  { id: 'the Pile', words: /\bthe pile\b/i, gb: 825 },
  { id: 'Wikipedia', words: /\bwikipedia\b/i, gb: 20 },
];

/** What is done with a model: its weights fit into fewer machines than what training keeps beside them. */
export type ModelUse = 'TRAIN' | 'TUNE' | 'RUN';

/** GPUs for models of at most so many parameters, 10⁹; the last is for any beyond. */
const GPUS: Readonly<Record<ModelUse, readonly (readonly [mostBillions: number, gpus: number])[]>> = {
  TRAIN: [
    [1, 8],
    [10, 64],
    [40, 256],
    [Infinity, 1_024],
  ],
  TUNE: [
    [10, 8],
    [40, 32],
    [100, 64],
    [Infinity, 256],
  ],
  RUN: [
    [15, 1],
    [40, 4],
    [100, 8],
    [Infinity, 16],
  ],
};

/** GPUs that a model of a size takes: what has to fit into them, and training to be done some day. */
export const gpusForModel = (billions: number, use: ModelUse): number =>
  GPUS[use].find(([most]) => billions <= most)?.[1] ?? 1;
